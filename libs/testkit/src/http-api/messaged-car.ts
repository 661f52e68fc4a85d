import request from 'supertest';
import type { Test } from 'supertest';
import { parseSubjectId } from '@gemel/model/policies';
import { MessageDevice } from './message-device.js';
import { openHttpApi } from './open-http-api.js';
import type { OpenHttpApi } from './open-http-api.js';

/** The thing `x:car` of user `ditto`, with a device that gets its messages. */
export class MessagedCar {
  /** Where a message is sent, below `/api/2`. */
  static readonly ASK = '/things/x:car/inbox/messages/ask';

  readonly device: MessageDevice;

  private constructor(readonly api: OpenHttpApi) {
    this.device = new MessageDevice(api);
  }

  static async open(): Promise<MessagedCar> {
    const car = new MessagedCar(await openHttpApi());
    await car.put('/things/x:car', { attributes: { speed: 1 }, features: { lamp: {} } }).expect(201);
    return car;
  }

  /** Another device, of another user. */
  listener(user: string): MessageDevice {
    return new MessageDevice(this.api, parseSubjectId(`nginx:${user}`));
  }

  put(path: string, body: object): Test {
    return request(this.api.url).put(`/api/2${path}`).auth('ditto', 'ditto').send(body);
  }

  post(path: string, user = 'ditto'): Test {
    return request(this.api.url).post(`/api/2${path}`).auth(user, user);
  }

  /** What is there below a resource of the policy, for the user `other`. */
  grant(resources: Readonly<Record<string, { readonly grant: string[]; readonly revoke: string[] }>>): Test {
    return this.put('/policies/x:car/entries/guest', { subjects: { 'nginx:other': { type: 'guest' } }, resources });
  }

  close(): Promise<void> {
    return this.api.close();
  }
}
