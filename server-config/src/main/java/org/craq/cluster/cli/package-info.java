/**
 * The command {@code craq} as the script of that name starts it: the commands of the client, and those that run and
 * measure a cluster on this machine. {@link org.craq.cluster.cli.Craq} is the entry point.
 */
package org.craq.cluster.cli;
