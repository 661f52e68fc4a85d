export { mqttAddressFault, mqttFilterFault, topicNameFault, unsharedFilter } from './mqtt-topics.js';
export { filterTest, matchesFilter } from './topic-filter.js';
