/**
 * HTTP for operators and their tools: status, health, metrics, digests for comparing members, and the scrub. Only the scrub can be
 * started here; everything else is read-only. The package also contains the filter that checks every HTTP request first.
 */
package org.craq.node.admin;
