/** HTTP requests of the command line to the REST interface of managers and nodes, with the caller's token. */
package org.craq.client.rest;
