/** What a customer reads of each step, by the state that a part came to. */
import type { EntryKind, OrderStatus } from "./model.ts"

type Label = { readonly fr: string; readonly ar: string }

const moved: Record<OrderStatus, Label> = {
  pending: { fr: "En attente", ar: "قيد الانتظار" },
  confirmed: { fr: "Confirmée par la boutique", ar: "أكدها المتجر" },
  processing: { fr: "En préparation", ar: "قيد التحضير" },
  shipped: { fr: "Expédiée", ar: "تم الشحن" },
  delivered: { fr: "Livrée", ar: "تم التوصيل" },
  cancelled: { fr: "Annulée", ar: "ألغيت" },
  returned: { fr: "Retournée", ar: "أرجعت" }
}

const others: Record<Exclude<EntryKind, "moved">, Label> = {
  placed: { fr: "Commande reçue", ar: "تم استلام الطلب" },
  edited: { fr: "Informations de livraison modifiées", ar: "عدلت معلومات التوصيل" },
  tracked: { fr: "Numéro de suivi ajouté", ar: "أضيف رقم التتبع" },
  expired: { fr: "Annulée : la boutique n'a pas confirmé à temps", ar: "ألغيت: لم يؤكد المتجر في الوقت المحدد" }
}

/** Arabic by its numbers: V8 keeps, hashes and compares a statement of Latin letters alone in half of the bytes. */
const quoted = (text: string) => {
  const escaped = text.replaceAll("'", "''").replaceAll("\\", "\\\\")
  return `U&'${escaped.replace(/[^\0-\xff]/g, (letter) => `\\${letter.charCodeAt(0).toString(16).padStart(4, "0")}`)}'`
}

const choice = (column: string, labels: Readonly<Record<string, Label>>, language: keyof Label) =>
  Object.entries(labels)
    .map(([value, label]) => `WHEN ${column} = '${value}' THEN ${quoted(label[language])}`)
    .join(" ")

/** SQL: that of an order which is only placed. */
export const placedText = (language: keyof Label) => quoted(others.placed[language])

/** SQL over order_events e. */
export const labelText = (language: keyof Label) =>
  `CASE ${choice("e.kind", others, language)} ${choice("e.to_status", moved, language)} END`
