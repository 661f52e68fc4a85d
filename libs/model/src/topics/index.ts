export { isTopicName, mqttAddressFault, mqttFilterFault, unsharedFilter } from './mqtt-topics.js';
export { filterTest, matchesFilter } from './topic-filter.js';
