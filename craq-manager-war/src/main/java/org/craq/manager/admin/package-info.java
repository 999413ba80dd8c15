/**
 * The manager's HTTP interface for operators and their tools: chains, nodes, managers, health and metrics to read, and
 * requests to add or remove members of a chain ({@code ChainChangesResource}).
 */
package org.craq.manager.admin;
