/**
 * The running node: builds the object graph, retries the start while the database can't be reached, runs the periodic sweeps, and stops
 * everything in reverse order. {@link org.craq.node.runtime.RunningNode} is what the HTTP interface sees of it.
 */
package org.craq.node.runtime;
