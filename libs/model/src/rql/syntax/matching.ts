import type { Mismatch } from './mismatch.js';

/** Most mismatches that are told. */
const MOST_MISMATCHES = 24;
const END = 'EOI';

/** One attempt to match a text, rule by rule, with what is on the way. */
export class Matching {
  position = 0;
  /** How far any rule got. */
  furthest = 0;
  readonly mismatches: Mismatch[] = [];
  readonly #frames: { key: string; isNamed: boolean; start: number }[] = [];
  #isSilent = false;

  /** @param reportFrom position from which mismatches are collected */
  constructor(
    private readonly text: string,
    private readonly reportFrom: number,
  ) {}

  get character(): string | undefined {
    return this.text[this.position];
  }

  advance(): true {
    this.position += 1;
    if (!this.#isSilent && this.position > this.furthest) this.furthest = this.position;
    return true;
  }

  miss(wanted: string): false {
    const isReported = !this.#isSilent && this.position >= this.reportFrom;
    if (isReported && this.mismatches.length < MOST_MISMATCHES)
      this.mismatches.push({ frames: [...this.#frames], wanted });
    return false;
  }

  /** Runs a rule inside a frame; a failure leaves the position to whoever tries something else. */
  within(key: string, isNamed: boolean, rule: () => boolean, start = this.position): boolean {
    this.#frames.push({ key, isNamed, start });
    const matched = rule();
    this.#frames.pop();
    return matched;
  }

  /** Whether a rule would match here; tells nothing of what happens inside. */
  wouldMatch(rule: () => boolean): boolean {
    const { position } = this;
    const wasSilent = this.#isSilent;
    this.#isSilent = true;
    const matched = rule();
    this.#isSilent = wasSilent;
    this.position = position;
    return matched;
  }
}

/** A rule of a parsing expression grammar. */
export type Rule = (matching: Matching) => boolean;

export function character(wanted: string): Rule {
  return (it) => (it.character === wanted ? it.advance() : it.miss(`'${escaped(wanted)}'`));
}

export function anyOf(characters: string): Rule {
  const wanted = `[${Array.from(characters, escaped).join('')}]`;
  return (it) => (it.character !== undefined && characters.includes(it.character) ? it.advance() : it.miss(wanted));
}

export const anything: Rule = (it) => (it.character === undefined ? it.miss('ANY') : it.advance());

export const end: Rule = (it) => it.character === undefined || it.miss(`'${END}'`);

export function word(text: string): Rule {
  const rules = Array.from(text, character);
  return (it) => it.within(`"${text}"`, false, () => rules.every((rule) => rule(it)));
}

export function sequence(...rules: readonly Rule[]): Rule {
  return (it) => it.within('~', false, () => rules.every((rule) => rule(it)));
}

export function firstOf(...rules: readonly Rule[]): Rule {
  return (it) => {
    const start = it.position;
    const attempt = (rule: Rule): boolean => {
      it.position = start;
      return rule(it);
    };
    return it.within('|', false, () => rules.some(attempt));
  };
}

export function group(kind: 'action' | 'capture', rule: Rule): Rule {
  return (it) => it.within(kind, false, () => rule(it));
}

export function optional(rule: Rule): Rule {
  return (it) => it.within('?', false, () => matchOrStay(it, rule) || true);
}

export function zeroOrMore(rule: Rule): Rule {
  return (it) =>
    it.within('*', false, () => {
      while (matchOrStay(it, rule));
      return true;
    });
}

export function oneOrMore(rule: Rule, separator?: Rule): Rule {
  const next: Rule = separator === undefined ? rule : (it) => separator(it) && rule(it);
  return (it) =>
    it.within('+', false, () => {
      if (!rule(it)) return false;
      while (matchOrStay(it, next));
      return true;
    });
}

export function not(rule: Rule, name: string): Rule {
  return (it) => !it.wouldMatch(() => rule(it)) || it.miss(`!${name}`);
}

/** A rule with a name for messages; given late, since rules may refer to themselves. */
export function named(name: string, rule: () => Rule): Rule {
  const inside: Rule = (it) => it.within(name, true, () => rule()(it));
  return (it) => it.within(name, true, () => it.within('call', false, () => inside(it)));
}

function matchOrStay(it: Matching, rule: Rule): boolean {
  const start = it.position;
  if (rule(it)) return true;
  it.position = start;
  return false;
}

export function escaped(text: string): string {
  if (text === '\t') return '\\t';
  if (text === '\r') return '\\r';
  if (text === '\n') return '\\n';
  const code = text.charCodeAt(0);
  const isControl = code < 0x20 || (code >= 0x7f && code < 0xa0);
  return isControl ? `\\u${code.toString(16).padStart(4, '0')}` : text;
}
