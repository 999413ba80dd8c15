/**
 * Files as users see them, independent of the interface through which a request arrives. {@link org.craq.node.files.FileStore} reads,
 * {@link org.craq.node.files.FileWrites} puts and deletes, {@link org.craq.node.files.Appends} appends, and
 * {@link org.craq.node.files.Changes} copies, moves and checks several files atomically. {@link org.craq.node.files.Upload} receives
 * the bytes of a content, and {@link org.craq.node.files.Contents} reads those of a body.
 *
 * <p>Reads ask the chain's driver at which mark they may be answered, and then look up the version in memory or in the database. Writes
 * are submitted to the head's driver once their contents are complete.
 */
package org.craq.node.files;
