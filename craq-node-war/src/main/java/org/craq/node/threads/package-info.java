/**
 * The threads of a node: {@link org.craq.node.threads.Pools} owns them, and everything else uses them as
 * {@link org.craq.node.threads.Threads}. They belong to the node and not to the container's executors, so that a node
 * can still act while the application server stops.
 */
package org.craq.node.threads;
