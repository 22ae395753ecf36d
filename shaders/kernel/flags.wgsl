// What the functions of the library read and set. A word that is 0, and compilers do not know it; whether functions take their rare
// paths; and whether one of them would have had to.
var<private> ZERO: u32;
var<private> EXACT: bool;
var<private> RARE: bool;

