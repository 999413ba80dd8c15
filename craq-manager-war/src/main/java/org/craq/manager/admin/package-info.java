/** What the manager knows, for people and their tools: read only. */
package org.craq.manager.admin;
