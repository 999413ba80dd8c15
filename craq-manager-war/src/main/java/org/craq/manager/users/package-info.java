/**
 * Users, access keys and grants: {@link org.craq.manager.users.Users} knows all of them and changes them, {@link
 * org.craq.manager.users.TokenIssuer} signs tokens. The rules are in docs/design/users.md.
 */
package org.craq.manager.users;
