/** What keeps slow clients of the HTTP interface from holding the container's threads: a least rate, and threads of the deployment's own. */
package org.craq.server.clients;
