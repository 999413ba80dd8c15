/**
 * The node's metadata in the database, by JPA: all of the node's SQL.
 *
 * <p>{@link org.craq.node.metadata.Metadata} is the log of each replica and what reads and writes look up in it;
 * {@link org.craq.node.metadata.ChunkTable} says where chunks lie, and {@link org.craq.node.metadata.RetentionTable}
 * prunes versions and forgets rows. Every row belongs to one node. A transaction that changes a replica's log
 * or the locations of its chunks also updates the replica's row under the incarnation of its
 * {@link org.craq.node.metadata.ReplicaLife}, so that a former life can't commit any more. {@link org.craq.node.metadata.HotFiles} answers reads of the most used files without the
 * database.
 */
package org.craq.node.metadata;
