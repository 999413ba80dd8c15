/**
 * The link to the manager: registration, heartbeats that renew the node's lease, and the chain configurations in their answers, which
 * are passed to the package {@code replication}.
 */
package org.craq.node.membership;
