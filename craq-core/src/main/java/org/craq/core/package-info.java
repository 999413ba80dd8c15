/**
 * The protocol in pure Java, without clock, thread, socket, file or randomness. Events go in, effects come out.
 *
 * <p>{@code chain} says what a chain is and how its configuration changes, {@code replica} how one member behaves,
 * {@code file} what names, contents and versions are. {@code membership} holds the manager's view of nodes and chains,
 * and {@code leadership} the election among managers.
 */
package org.craq.core;
