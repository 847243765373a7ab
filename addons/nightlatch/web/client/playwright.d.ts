import type { BrowserContext, Page } from "@playwright/test";
import { Nightlatch, type Options, type Session, type Time } from "./index.js";

export declare class GuardedTest extends Nightlatch {
  constructor(options: Options, guard?: string);
  loginAs(user: string, contextOrPage: BrowserContext | Page): Promise<Session>;
  warp(by: string | number, ...pages: Page[]): Promise<Time>;
  tidy(): Promise<void>;
}

export declare function surroundings(env?: Record<string, string | undefined>): {
  url: string;
  token: string;
  guard: string;
};

export declare const fixtures: {
  nightlatch: (
    given: { baseURL: string | undefined },
    use: (nightlatch: GuardedTest) => Promise<void>,
  ) => Promise<void>;
};
