/**
 * What a chain is and how its configuration changes. {@code Chain} is the configuration of one epoch and {@code Member} a
 * place in it; {@code Seq} and {@code Epoch} order the log and the configurations. {@code NodeStates} is what the manager
 * knows about the nodes, partly from each node's {@code ReplicaReport}s. Start with {@code ChainPlanner}: its
 * documentation specifies every change of configuration, and its method {@code next} reads in the same order.
 */
package org.craq.core.chain;
