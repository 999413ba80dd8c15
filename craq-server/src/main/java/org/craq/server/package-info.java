/**
 * What both deployments need from their server: checks on HTTP requests, errors as HTTP answers, settings, schema
 * migration, metrics, health and periodic tasks.
 */
package org.craq.server;
