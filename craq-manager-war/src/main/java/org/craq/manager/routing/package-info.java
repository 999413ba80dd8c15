/** Which node a request goes to, and the redirects that say so over HTTP. */
package org.craq.manager.routing;
