/** Measures what the loss of a server costs the clients of a cluster. */
package org.craq.cluster.faults;
