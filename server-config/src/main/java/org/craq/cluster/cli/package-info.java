/** The commands that run a cluster on this machine, beside those of the client. */
package org.craq.cluster.cli;
