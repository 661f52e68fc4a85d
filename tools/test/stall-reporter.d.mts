interface Module {
  readonly id: string;
  readonly relativeModuleId: string;
}

interface Test {
  readonly id: string;
  readonly fullName: string;
  readonly module: Module;
}

export default class StallReporter {
  constructor(options?: { readonly longestMs?: number; readonly end?: (text: string) => void });
  onTestModuleStart(module: Module): void;
  onTestModuleEnd(module: Module): void;
  onTestCaseReady(test: Test): void;
  onTestCaseResult(test: Test): void;
  onTestRunEnd(): void;
}
