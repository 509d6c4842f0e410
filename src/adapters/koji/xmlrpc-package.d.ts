// The `xmlrpc` package brings no types. The client uses the first two files of it, the tests the third.
declare module "xmlrpc/lib/serializer.js" {
  export function serializeMethodCall(method: string, params: readonly unknown[]): string;
  export function serializeMethodResponse(result: unknown): string;
  export function serializeFault(fault: { faultCode: number; faultString: string }): string;
}
declare module "xmlrpc/lib/customtype.js" {
  interface CustomType {
    tagName: string;
    raw: string;
  }
  const CustomType: new (raw: string) => CustomType;
  export = CustomType;
}
declare module "xmlrpc/lib/deserializer.js" {
  type Done = (error: Error | null, method: string, params: unknown[]) => void;
  const Deserializer: new (
    encoding: string,
  ) => {
    deserializeMethodCall(stream: NodeJS.ReadableStream, done: Done): void;
  };
  export = Deserializer;
}
