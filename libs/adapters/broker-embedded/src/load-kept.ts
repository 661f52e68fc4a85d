import { parseSubjectId } from '@gemel/model/policies';
import type { SubjectId } from '@gemel/model/policies';
import type { Database, Row } from '@gemel/sqlite';

import type { Kept, KeptDelivery, KeptMessage } from './journal.js';

/** Reads everything that a journal has kept. */
export function loadKept(database: Database): Kept {
  const rows = (sql: string): readonly Row[] => database.prepare(sql).all();
  return {
    sessions: rows('SELECT client, owner FROM sessions ORDER BY position').map((row) => ({
      clientId: text(row, 'client'),
      owner: text(row, 'owner'),
    })),
    subscriptions: rows('SELECT client, filter, qos FROM subscriptions').map((row) => ({
      clientId: text(row, 'client'),
      filter: text(row, 'filter'),
      qos: qosOf(row),
    })),
    deliveries: rows('SELECT * FROM deliveries ORDER BY number').map(deliveryOf),
    incoming: rows('SELECT client, message_id FROM incoming').map((row) => ({
      clientId: text(row, 'client'),
      messageId: Number(row['message_id']),
    })),
    retained: rows('SELECT topic, payload, qos, 1 AS retain FROM retained').map(messageOf),
    wills: rows('SELECT * FROM wills').map((row) => ({
      clientId: text(row, 'client'),
      username: text(row, 'username'),
      subjects: parseSubjects(JSON.parse(text(row, 'subjects'))),
      message: messageOf(row),
    })),
  };
}

function deliveryOf(row: Row): KeptDelivery {
  const messageId = row['message_id'];
  return {
    clientId: text(row, 'client'),
    number: Number(row['number']),
    message: messageOf(row),
    messageId: typeof messageId === 'number' ? messageId : undefined,
    isReleased: row['released'] === 1,
  };
}

function messageOf(row: Row): KeptMessage {
  const payload = row['payload'];
  return {
    topic: text(row, 'topic'),
    // Some drivers give the bytes without a view on them.
    payload: typeof payload === 'object' && payload !== null ? Buffer.from(payload) : Buffer.alloc(0),
    qos: qosOf(row),
    retain: row['retain'] === 1,
  };
}

function text(row: Row, column: string): string {
  return String(row[column]);
}

function qosOf(row: Row): 0 | 1 | 2 {
  const qos = row['qos'];
  return qos === 1 || qos === 2 ? qos : 0;
}

function parseSubjects(stored: unknown): readonly SubjectId[] {
  return Array.isArray(stored) ? stored.map((subject) => parseSubjectId(String(subject))) : [];
}
