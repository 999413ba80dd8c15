/**
 * A node's members of chains. {@link org.craq.node.replication.ChainDriver} runs one of them: it passes events to the protocol
 * (craq-core's {@link org.craq.core.replica.Replica}) one at a time and performs its effects through the other classes. These are the
 * streams to predecessor and successor, the writer that makes entries durable, lookups in the log, queries to the tail, retention, and
 * the pushing and fetching of contents. {@link org.craq.node.replication.Members} holds all drivers of a node under one incarnation.
 *
 * <p>The driver's events never block. Work that waits for the disk, the database or another node runs on other threads and reports
 * back as an event.
 */
package org.craq.node.replication;
