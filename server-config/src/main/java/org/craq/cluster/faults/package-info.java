/**
 * Measures what the clients of a cluster notice when it loses a server: how long writes pause, how many reads are
 * served in the meantime, and how fast a returning node catches up.
 */
package org.craq.cluster.faults;
