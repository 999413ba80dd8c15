/**
 * Runs a chain on one machine: PostgreSQL, one or more managers and some nodes, each a separate process. {@link
 * org.craq.cluster.LocalCluster} is the entry point. The state of a cluster is kept in a file in its data directory, so
 * that later commands, and other processes, find its servers again.
 */
package org.craq.cluster;
