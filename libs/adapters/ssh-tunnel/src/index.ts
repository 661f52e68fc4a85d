export { tunnelledConnector } from './tunnelled-connector.js';
