import { Schema } from "effect"
import { HttpApiEndpoint, HttpApiGroup, OpenApi } from "effect/http-api"
import { OwnAccount, UserNotFound } from "../../services/accounts/errors.ts"
import { Account, ListAccounts, UpdateAccount } from "../../services/accounts/model.ts"
import { AuditEntry, ListAudit } from "../../services/audit/model.ts"
import { UserUnavailable } from "../../services/auth/errors.ts"
import { ValidationFailed } from "../../services/errors.ts"
import { GuestOrder } from "../../services/orders/model.ts"
import { ListGuestOrders } from "../../services/orders/requests.ts"
import { PreconditionFailed } from "../../services/precondition.ts"
import { ApplicationDecided, ApplicationNotFound, CannotBecomeSeller } from "../../services/sellers/errors.ts"
import { DecideApplication, ListApplications, SellerApplication } from "../../services/sellers/model.ts"
import { AdministratorsOnly } from "../middleware/Administration.ts"
import { SignedIn } from "../middleware/Authentication.ts"
import { Idempotent } from "../middleware/Idempotent.ts"
import { Budget, longBudget, Patient } from "../middleware/limits.ts"
import { dataOf, pageOf } from "./envelope.ts"
import { ifMatch } from "./ifMatch.ts"

const id = { id: Schema.String }

const listUsers = HttpApiEndpoint.get("listUsers", "/admin/users", {
  query: ListAccounts,
  success: pageOf(Account),
  error: ValidationFailed
}).annotate(OpenApi.Summary, "Users, the newest first; search looks into name, e-mail, phone and Clerk id")

const getUser = HttpApiEndpoint.get("getUser", "/admin/users/:id", {
  params: id,
  success: dataOf(Account),
  error: UserNotFound
}).annotate(OpenApi.Summary, "One user")

const updateUser = HttpApiEndpoint.patch("updateUser", "/admin/users/:id", {
  params: id,
  headers: ifMatch,
  payload: UpdateAccount,
  success: dataOf(Account),
  error: [UserNotFound, OwnAccount, UserUnavailable, PreconditionFailed, ValidationFailed]
})
  .annotate(Budget, longBudget)
  .annotate(Patient, true)
  .annotate(OpenApi.Summary, "Role, seller category, ban, and whether the shop may sell; what is not sent stays")

const listApplications = HttpApiEndpoint.get("listApplications", "/admin/seller-applications", {
  query: ListApplications,
  success: pageOf(SellerApplication),
  error: ValidationFailed
}).annotate(OpenApi.Summary, "Applications of sellers, the newest first")

const readApplication = HttpApiEndpoint.get("readApplication", "/admin/seller-applications/:id", {
  params: id,
  success: dataOf(SellerApplication),
  error: ApplicationNotFound
}).annotate(OpenApi.Summary, "One application")

const decideApplication = HttpApiEndpoint.post("decideApplication", "/admin/seller-applications/:id/decision", {
  params: id,
  payload: DecideApplication,
  success: dataOf(SellerApplication),
  error: [ApplicationNotFound, ApplicationDecided, CannotBecomeSeller, UserUnavailable, ValidationFailed]
})
  .annotate(Budget, longBudget)
  .annotate(Patient, true)
  .annotate(OpenApi.Summary, "Approve or reject an application; approved, the applicant is a seller at once")
  .middleware(Idempotent)

const listAudit = HttpApiEndpoint.get("listAudit", "/admin/audit-log", {
  query: ListAudit,
  success: pageOf(AuditEntry),
  error: ValidationFailed
}).annotate(OpenApi.Summary, "Every administrative write: who, what, before and after")

const listGuestOrders = HttpApiEndpoint.get("listGuestOrders", "/admin/guests", {
  query: ListGuestOrders,
  success: pageOf(GuestOrder),
  error: ValidationFailed
}).annotate(OpenApi.Summary, "What was ordered with a phone number without an account, the newest first")

export const AdminApi = HttpApiGroup.make("admin")
  .add(listUsers, getUser, updateUser, listApplications, readApplication, decideApplication, listAudit, listGuestOrders)
  .middleware(AdministratorsOnly)
  .middleware(SignedIn)
  .annotate(OpenApi.Title, "Administration")
