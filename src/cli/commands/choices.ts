/** The values that options offer. Written out, so that a command that only prints help loads no schema. */

import type { Role, SellerCategory, UserStatus } from "../../services/auth/model.ts"
import type { ApplicationStatus } from "../../services/sellers/model.ts"

export const roles = ["customer", "seller", "freelancer", "admin"] satisfies ReadonlyArray<Role>
export const sellerCategories = ["importateur", "grossiste", "fournisseur"] satisfies ReadonlyArray<SellerCategory>
export const userStatuses = ["active", "banned", "deleted"] satisfies ReadonlyArray<UserStatus>
export const applicationStatuses = ["pending", "approved", "rejected"] satisfies ReadonlyArray<ApplicationStatus>
