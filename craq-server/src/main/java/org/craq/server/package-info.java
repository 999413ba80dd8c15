/** What both deployments need of a server: settings, schema migration, failures as HTTP answers. */
package org.craq.server;
