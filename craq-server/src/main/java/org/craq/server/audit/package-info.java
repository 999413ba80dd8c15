/**
 * The audit trail: who did or tried what, one line of JSON each, in files whose lines are chained. {@link
 * org.craq.server.audit.AuditedCall} collects what is known of a request while it runs, and {@link
 * org.craq.server.audit.AuditTrail} writes it. See docs/design/users.md.
 */
package org.craq.server.audit;
