/** Chooses the node for a request, and redirects HTTP requests to it. */
package org.craq.manager.routing;
