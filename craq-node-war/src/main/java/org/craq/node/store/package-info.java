/**
 * The chunk store: the contents of a node, as checksummed records in append-only segment files in one directory.
 *
 * <p>{@link org.craq.node.store.ChunkStore} is the way in; all access to files goes through
 * {@link org.craq.node.store.Disk}. Where each chunk lies is recorded in the database, which the store sees
 * through {@link org.craq.node.store.ChunkIndex}. At the start {@link org.craq.node.store.DatabaseCheck} decides whether the
 * database belongs to the disk, and {@link org.craq.node.store.Recovery} compares the two: records that the database
 * does not know are set aside, never overwritten. While the node runs, {@link org.craq.node.store.Upkeep} drives
 * compaction, scrub and repair.
 */
package org.craq.node.store;
