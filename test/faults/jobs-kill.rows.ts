/** How each kind of job is caught in the middle of its work, and what tells that the work was done once. */

export type Caught = {
  /** Makes work for the job. Each text is one statement. */
  readonly prepare: ReadonlyArray<string>
  /** Held in an open transaction, this makes the job wait in its middle. */
  readonly hold: string
  /** Of the job that is offered, as JSON; none for a kind on a schedule, which offers itself. */
  readonly offered?: string
  /** True once the work was done, and only if it was done once. */
  readonly done: string
}

/** Other proof, for what cannot be held: the file that kills it. */
type Proven = { readonly provenIn: string }

const user = "'01900000-0000-7000-8000-000000000001'"

export const rows: Record<string, Caught | Proven> = {
  "events.prune": {
    prepare: [
      `INSERT INTO event_consumers (name, types, position) VALUES ('test.slow', '{}', 3)`,
      `INSERT INTO events (type, entity, payload, created_at)
       SELECT 'test.old', ${user}, '{}', now() - age * interval '1 day'
       FROM unnest('{91, 31, 31, 31, 29}'::int[]) age`
    ],
    hold: "LOCK TABLE events IN EXCLUSIVE MODE",
    done: "SELECT array_agg(id ORDER BY id) = '{4, 5}' AS done FROM events"
  },
  "accounts.purge": {
    prepare: [
      `INSERT INTO users (id, clerk_id, full_name, delete_after) VALUES (${user}, 'user_doomed', 'Amina', now())`
    ],
    hold: `SELECT FROM users WHERE id = ${user} FOR UPDATE`,
    done: `SELECT (SELECT full_name IS NULL AND erased_at IS NOT NULL FROM users WHERE id = ${user})
      AND (SELECT count(*) = 1 FROM audit_log WHERE action = 'user.erase' AND subject_id = ${user})
      AND (SELECT count(*) = 1 FROM events WHERE type = 'user.erased' AND entity = ${user}) AS done`
  },
  "idempotency.prune": {
    prepare: [
      `INSERT INTO idempotency_keys (key, request, status, headers, body, created_at)
       SELECT decode(lpad(n::text, 64, '0'), 'hex'), '', 201, '[]', '', now() - n * interval '1 hour'
       FROM generate_series(1, 48) n`
    ],
    hold: "LOCK TABLE idempotency_keys IN EXCLUSIVE MODE",
    done: "SELECT count(*) = 23 AND max(now() - created_at) < interval '24 hours' AS done FROM idempotency_keys"
  },
  "webhooks.prune": {
    prepare: [
      `INSERT INTO webhook_messages (id, received_at)
       SELECT 'msg_' || n, now() - n * interval '1 day' + interval '1 minute' FROM generate_series(1, 20) n`
    ],
    hold: "LOCK TABLE webhook_messages IN EXCLUSIVE MODE",
    done: "SELECT count(*) = 8 AS done FROM webhook_messages"
  },
  "jobs.prune": {
    prepare: [
      `INSERT INTO jobs (id, queue_name, element, state, visible_at, created_at, updated_at)
       SELECT 'old/' || n, 'test.old', '{}', CASE n WHEN 3 THEN 'failed' ELSE 'completed' END, now(), now(),
         now() - interval '31 days' FROM generate_series(1, 3) n`
    ],
    hold: "SELECT FROM jobs WHERE id = 'old/1' FOR UPDATE",
    done: "SELECT array_agg(id) = '{old/3}' AS done FROM jobs WHERE queue_name = 'test.old'"
  },
  "orders.expire": {
    prepare: [
      `INSERT INTO users (id, clerk_id, role, seller_category) VALUES (${user}, 'user_shop', 'seller', 'grossiste')`,
      `INSERT INTO orders (id, order_number, customer_name, customer_phone, subtotal, total)
       SELECT ('01900000-0000-7000-8000-00000000010' || n)::uuid, 'ZST-' || n, 'Amina', '+213555123456', 5, 5
       FROM generate_series(1, 3) n`,
      `INSERT INTO seller_orders (id, order_id, seller_id, subtotal, total, created_at)
       SELECT uuidv7(), id, ${user}, 5, 5, now() - right(order_number, 1)::int * interval '3 days' FROM orders`
    ],
    hold: "LOCK TABLE order_events IN EXCLUSIVE MODE",
    done: `SELECT count(*) = 1 AND (SELECT count(*) = 1 FROM orders WHERE status = 'cancelled') AS done
      FROM order_events WHERE kind = 'expired' AND actor = 'system'`
  },
  "products.words": {
    prepare: ["INSERT INTO product_words VALUES ('vide', 1), ('seul', 1)"],
    hold: "LOCK TABLE product_words IN EXCLUSIVE MODE",
    done: "SELECT count(*) = 0 AS done FROM product_words"
  },
  "carts.prune": {
    prepare: [
      `INSERT INTO users (id, clerk_id) VALUES (${user}, 'user_cart')`,
      `INSERT INTO carts (id, user_id, updated_at) VALUES (uuidv7(), ${user}, now() - interval '90 days')`,
      `INSERT INTO carts (id, token_hash, updated_at)
       SELECT uuidv7(), sha256(n::text::bytea), now() - n * interval '20 days' FROM generate_series(1, 4) n`
    ],
    hold: "LOCK TABLE carts IN EXCLUSIVE MODE",
    done: "SELECT count(*) = 2 AS done FROM carts"
  },
  "guests.prune": {
    prepare: [
      `INSERT INTO orders (id, order_number, customer_name, customer_phone, status, subtotal, total, updated_at)
       SELECT uuidv7(), 'ZST-' || n, 'Amina', '+213555123456', CASE n WHEN 2 THEN 'pending' ELSE 'delivered' END, 0, 0,
         now() - n * interval '200 days' FROM generate_series(1, 4) n`
    ],
    hold: "LOCK TABLE order_events IN EXCLUSIVE MODE",
    done: "SELECT count(*) = 2 AS done FROM orders WHERE customer_name = 'Amina'"
  },
  "media.remove": { provenIn: "test/faults/media-kill.test.ts" },
  "media.process": { provenIn: "test/faults/media-kill.test.ts" },
  "media.process.more": { provenIn: "test/faults/media-kill.test.ts" },
  "media.collect": {
    prepare: [
      `INSERT INTO users (id, clerk_id) VALUES (${user}, 'user_uploader')`,
      `INSERT INTO media (id, owner_id, kind, status, upload_key, updated_at)
       SELECT uuidv7(), ${user}, 'video', 'uploading', 'uploads/x/' || n, now() - n * interval '20 hours'
       FROM generate_series(1, 4) n`
    ],
    hold: "LOCK TABLE media IN EXCLUSIVE MODE",
    done: "SELECT count(*) = 1 AS done FROM media"
  }
}
