/**
 * Keeps slow clients of the HTTP interface from holding the container's threads, with a minimum rate and threads of the
 * deployment.
 */
package org.craq.server.clients;
