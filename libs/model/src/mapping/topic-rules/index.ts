export { readTopicRulesMapper } from './topic-rules-mapper.js';
