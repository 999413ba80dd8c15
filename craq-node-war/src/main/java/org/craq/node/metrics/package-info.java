/** Counters and timers that a node updates while it works. */
package org.craq.node.metrics;
