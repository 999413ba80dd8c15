/** What the manager keeps in its database: chains, their members, nodes. Rows stay in here; core values come out. */
package org.craq.manager.store;
