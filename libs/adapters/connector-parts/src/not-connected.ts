/** Nobody knows whether the other side has taken the message. */
export class NotConnected extends Error {
  override readonly name = 'NotConnected';

  constructor() {
    super('the other side is not connected');
  }
}
