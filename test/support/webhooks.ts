/** Webhooks as Clerk's sender makes them: the Standard Webhooks scheme under the names of Svix. */
import { createHmac, randomBytes } from "node:crypto"

export const webhookSecret = `whsec_${randomBytes(24).toString("base64")}`

export type Sealed = { readonly headers: Record<string, string>; readonly raw: string }

type Sealing = {
  readonly id?: string
  /** Seconds since the epoch; now unless said. */
  readonly at?: number
  readonly secret?: string
}

const nowInSeconds = () => Math.floor(Date.now() / 1000)

export const signatureOf = (id: string, at: number, raw: string, secret = webhookSecret) =>
  `v1,${createHmac("sha256", Buffer.from(secret.slice("whsec_".length), "base64"))
    .update(`${id}.${at}.${raw}`)
    .digest("base64")}`

/** Headers and body of this event, ready to send. */
export const seal = (event: unknown, { id = newMessageId(), at = nowInSeconds(), secret }: Sealing = {}): Sealed => {
  const raw = typeof event === "string" ? event : JSON.stringify(event)
  return {
    raw,
    headers: { "svix-id": id, "svix-timestamp": String(at), "svix-signature": signatureOf(id, at, raw, secret) }
  }
}

export const newMessageId = () => `msg_${randomBytes(16).toString("hex")}`

const verification = (status: string | null = "verified") =>
  status && { status, strategy: "email_code", attempts: null, expire_at: null }

/** A user as Clerk writes them in events and in its API. */
export const clerkUser = (id: string, user: ClerkUserParts = {}) => {
  const { first_name = "Amina", last_name = "Benali", email = "amina@example.dz", phone = "+213555123456" } = user
  return {
    id,
    object: "user",
    first_name,
    last_name,
    primary_email_address_id: email && "idn_email",
    email_addresses: [
      {
        id: "idn_other",
        object: "email_address",
        email_address: "other@example.dz",
        verification: verification("verified"),
        linked_to: []
      },
      ...(email
        ? [
            {
              id: "idn_email",
              object: "email_address",
              email_address: email,
              verification: verification(user.email_status),
              linked_to: []
            }
          ]
        : [])
    ],
    primary_phone_number_id: phone && "idn_phone",
    phone_numbers: phone
      ? [
          {
            id: "idn_phone",
            object: "phone_number",
            phone_number: phone,
            verification: verification(user.phone_status),
            linked_to: []
          }
        ]
      : [],
    web3_wallets: [],
    external_accounts: [],
    public_metadata: { role: "admin", seller_category: "importateur" },
    private_metadata: {},
    unsafe_metadata: {},
    created_at: 1_769_853_600_000,
    updated_at: user.updated_at ?? 1_769_853_600_000
  }
}

export type ClerkUserParts = {
  readonly first_name?: string | null
  readonly last_name?: string | null
  readonly email?: string | null
  readonly phone?: string | null
  /** Of the verification; null: there is none. */
  readonly email_status?: string | null
  readonly phone_status?: string | null
  readonly updated_at?: number
}
