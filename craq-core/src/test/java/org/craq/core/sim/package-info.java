/**
 * A deterministic simulation of whole clusters: every run follows from one seed.
 *
 * <p>{@code World} is one run. {@code SimNode} is a {@code Machine} with its {@code Disk}; {@code SimMember} is one
 * incarnation of the process on it: a real {@code Replica} and a model of its driver ({@code DiskWriter},
 * {@code Contents}, {@code Neighbours}, {@code Requests}, {@code Lookups}, {@code Retention}, {@code Heartbeats}).
 * {@code SimManager} is a machine with a manager, {@code Office} one incarnation of it with the real {@code Election},
 * and {@code Administration} its decisions by the real {@code ChainPlanner}; {@code ManagerDatabase} is shared by all
 * of them. {@code SimClient} reads and writes, {@code Nemesis} injects faults. {@code MarkWatch}, {@code Invariants},
 * {@code Lineage} and {@code Ledger} check the state after every event; {@code HistoryChecker} checks in the end what
 * the clients were told.
 *
 * <p>Each {@code Flaw} is a wrong driver or manager that must be detected; {@code Provocation} chooses the runs that
 * detect it. A {@code Story} is a run that is scripted instead of drawn.
 */
package org.craq.core.sim;
