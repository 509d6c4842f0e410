import type { Rule } from "../rule.ts";
import { BUILDROOT_RULES } from "./buildroot.ts";
import { CHECKOUT_RULES } from "./checkout.ts";
import { COMPILE_RULES } from "./compile.ts";
import { FAULT_RULES } from "./fault.ts";
import { LANGUAGE_RULES } from "./languages.ts";
import { RPM_RULES } from "./rpm.ts";
import { SHELL_RULES } from "./shell.ts";
import { TEST_RULES } from "./tests.ts";

/** Everything we know. Of rules of one rank on one line the earlier one wins, so the particular stand before the general. */
export const RULES: readonly Rule[] = [
  ...RPM_RULES,
  ...TEST_RULES,
  ...COMPILE_RULES,
  ...LANGUAGE_RULES,
  ...SHELL_RULES,
  ...BUILDROOT_RULES,
  ...CHECKOUT_RULES,
  ...FAULT_RULES,
];
