/**
 * What the manager stores in its database: chains, their members, nodes, wishes and the leader's lease. Rows are
 * internal to this package; its methods return values of the core.
 */
package org.craq.manager.store;
