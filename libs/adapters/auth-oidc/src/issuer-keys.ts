import { PublicKeyProviderUnavailable } from '@gemel/model/authentication';
import { GemelError } from '@gemel/model/errors';
import { isJsonArray, isJsonObject, member } from '@gemel/model/json';
import type { JsonObject } from '@gemel/model/json';
import { AskBudget } from './ask-budget.js';
import { fetchJson } from './fetch-json.js';

const DISCOVERY = '/.well-known/openid-configuration';

export interface IssuerKeysOptions {
  /** Whom to ask, with its scheme, for example `https://keycloak.example/realms/twins`. */
  readonly url: string;
  readonly timeoutMs: number;
  readonly now: () => number;
}

/** The keys that one issuer publishes, as they are when asked for: one question at a time, shared by all who wait. */
export class IssuerKeys {
  readonly #budget: AskBudget;
  #asking: Promise<readonly JsonObject[]> | undefined;
  #lastFault: GemelError | undefined;

  constructor(private readonly options: IssuerKeysOptions) {
    this.#budget = new AskBudget(options.now);
  }

  get discoveryUrl(): string {
    return this.options.url.replace(/\/$/, '') + DISCOVERY;
  }

  /**
   * Undefined when the issuer has no key of that id, and when it was asked too often lately to be asked again.
   * @throws AuthenticationProviderUnavailable, PublicKeyProviderUnavailable
   */
  async find(keyId: string): Promise<JsonObject | undefined> {
    const keys = await this.#ask();
    return keys.find((key) => member(key, 'kid') === keyId);
  }

  async #ask(): Promise<readonly JsonObject[]> {
    if (this.#asking === undefined) {
      if (!this.#budget.take()) {
        if (this.#lastFault !== undefined) throw this.#lastFault;
        return [];
      }
      this.#asking = this.#fetch().finally(() => {
        this.#asking = undefined;
      });
    }
    return this.#asking;
  }

  async #fetch(): Promise<readonly JsonObject[]> {
    try {
      const { timeoutMs } = this.options;
      const discovered = await fetchJson(this.discoveryUrl, timeoutMs);
      const found = await fetchJson(this.#keysUrl(discovered), timeoutMs);
      const keys = member(found, 'keys');
      if (!isJsonArray(keys)) throw new PublicKeyProviderUnavailable();
      this.#lastFault = undefined;
      return keys.filter(isJsonObject);
    } catch (error) {
      this.#lastFault = error instanceof GemelError ? error : undefined;
      throw error;
    }
  }

  /** Keys come the way that the issuer does: what was found over https is not fetched without. */
  #keysUrl(discovered: JsonObject): string {
    const url = member(discovered, 'jwks_uri');
    const schemes = this.options.url.startsWith('http:') ? ['http:', 'https:'] : ['https:'];
    if (typeof url !== 'string' || !URL.canParse(url) || !schemes.includes(new URL(url).protocol))
      throw new PublicKeyProviderUnavailable();
    return url;
  }
}
