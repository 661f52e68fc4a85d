/** InfluxDB answers, but not with these settings: nothing helps but to change them. */
export class InfluxSettingsRefused extends Error {
  override readonly name = 'InfluxSettingsRefused';
}
