/**
 * How much of a server one caller may use: requests of a user, and wrong credentials and lines of the audit trail of an
 * address. See docs/design/users.md.
 */
package org.craq.server.limits;
