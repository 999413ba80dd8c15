/** What a node counts and times while it works. */
package org.craq.node.metrics;
