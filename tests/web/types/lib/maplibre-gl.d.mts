// The page's libraries need not be installed where it is checked.
export const Map: any;
export const NavigationControl: any;
export const Marker: any;
